/**
 * The script of the admin portal: tells the page that frames it what happened, and asks the emulator for more, since
 * its clock can be moved. A message goes to the framing page's own origin, and only where that is an allowed one.
 */
export const portalScript = `'use strict'
const frame = document.getElementById('portal-frame')
const allowed = JSON.parse(frame.dataset.origins)

// Where the browser does not say who frames this page, it compares each target with the true origin itself.
const targets = () => {
  if (window.parent === window) return []
  const framing = location.ancestorOrigins?.[0]
  return framing && framing !== 'null' ? allowed.filter((origin) => origin === framing) : allowed
}

const post = (messages) => {
  for (const message of messages) for (const target of targets()) window.parent.postMessage(message, target)
}

const end = () => {
  clearInterval(timer)
  document.getElementById('portal-desk').hidden = true
  document.getElementById('portal-over').hidden = false
}

const poll = async () => {
  try {
    const response = await fetch(frame.dataset.poll, { method: 'POST', headers: { 'content-type': 'application/json' } })
    if (!response.ok) return
    const { messages, open } = await response.json()
    post(messages)
    if (!open) end()
  } catch {
    // The emulator restarts, perhaps; the next second will tell.
  }
}

post(JSON.parse(frame.dataset.messages))
const timer = frame.dataset.poll ? setInterval(poll, 1000) : undefined
`
