import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, people } from './witness.mjs'

/** Signed events end sessions once; what is not signed by Scalekit does nothing. */
export async function webhooks({ report, emulator, app }) {
  const { control } = emulator
  const at = (path) => app.origin + path
  const [ada, gil] = [new Browser(), new Browser()]
  const status = async (browser) => (await browser.fetch(at('/api/me'))).status
  const answerOf = ({ deliveries }) => deliveries.find(({ url }) => url.startsWith(app.origin)).attempts.at(-1).status
  const activity = async (id) => (await ada.open(at('/activity'))).text.split(`id="${id}"`).length - 1
  let id

  await logIn(ada, at('/activity'), people.ada)
  await logIn(gil, at('/projects'), people.gil)
  const member = await createWitness(control).member(people.gil)
  const removal = { type: 'user.organization_membership_deleted', ...member }

  await report.step('a webhook that is not signed by Scalekit is refused and ends nothing', async () => {
    for (const forgery of [
      { signatures: ['v1,Zm9yZ2Vk'] },
      { timestampOffset: -3600 },
      { headers: { 'webhook-signature': null } },
    ])
      must('answer', answerOf(await control('POST', '/webhooks/send', { ...removal, ...forgery })), 400)
    must('the session', await status(gil), 200)
  })

  await report.step('the webhook of a removed member ends the session of that member', async () => {
    const sent = await control('POST', '/webhooks/send', removal)
    must('answer', answerOf(sent), 200)
    id = sent.deliveries[0].id
    must('the member', await status(gil), 401)
    must('somebody else', await status(ada), 200)
    must('times on the activity page', await activity(id), 1)
  })

  await report.step('the same webhook once more changes nothing', async () => {
    // Of a login in the same second nobody could say whether it was before or after.
    await sleep(1100)
    // Scalekit still knows the person, so it asks nothing.
    must('signed in', (await gil.open(at('/projects'))).status, 200)
    must('answer', answerOf(await control('POST', '/webhooks/replay', { id })), 200)
    must('the new session', await status(gil), 200)
    must('times on the activity page', await activity(id), 1)
  })

  await report.step('a log-out that only a webhook reports ends the session, here and in every copy', async () => {
    const copy = gil.copy()
    const { sessions } = await control('GET', '/state')
    const session = sessions.findLast(({ userId, status }) => userId === member.userId && status === 'active')
    const sent = await control('POST', '/webhooks/send', { type: 'user.logout', sessionId: session.id })
    must('answer', answerOf(sent), 200)
    must('the session', await status(gil), 401)
    must('a copy of the cookie', await status(copy), 401)
    mustHold(
      'a back-channel logout was sent',
      (await control('GET', '/deliveries')).deliveries.every(({ sid }) => sid !== session.id),
    )
  })
}
