const form = document.querySelector('#new-project')

form?.addEventListener('submit', async (event) => {
  event.preventDefault()
  const message = form.querySelector('.message')
  try {
    const response = await fetch('/api/projects', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: form.elements.name.value }),
    })
    // The session has ended meanwhile: a fetch gets 401, and the page itself goes to the login.
    if (response.status === 401) return location.assign('/auth/login?return_to=/projects')
    if (!response.ok) throw new Error((await response.json()).title)
    location.reload()
  } catch (error) {
    message.textContent = `Not created. ${error.message}`
  }
})
