import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { logIn, organizations, people } from './witness.mjs'

/** One person in two organizations, and none in the third. */
export async function switching({ report, emulator, app }) {
  const at = (path) => app.origin + path
  const bea = new Browser()
  const organizationOf = async () => JSON.parse((await bea.fetch(at('/api/me'))).text).organizationId
  const switchTo = (organization) =>
    bea.open(at(`/auth/switch-organization?organization_id=${organization}&return_to=/projects`), {
      from: at('/projects'),
    })

  await report.step(
    'a person of two organizations switches by the picker, and each shows its own projects',
    async () => {
      const { page } = await logIn(bea, at('/projects'), people.bea)
      const projects = await bea.submit(page, { containing: 'Globex', fields: { organization: organizations.globex } })
      must('ends at', projects.url, at('/projects'))
      must('created', (await bea.fetch(at('/api/projects'), { json: { name: 'Globex only' } })).status, 201)
      const [, href] = /href="(\/auth\/switch-organization[^"]*)"/.exec(projects.text)
      const picker = await bea.open(at(href), { from: projects.url })
      must('picker', new URL(picker.url).origin, emulator.url)
      const other = await bea.submit(picker, { containing: 'Acme', fields: { organization: organizations.acme } })
      must('ends at', other.url, at('/projects'))
      must('organization', await organizationOf(), organizations.acme)
      mustHold('shows a project of Globex', !other.text.includes('Globex only'))
    },
  )

  await report.step('and switches back by name, without a page between', async () => {
    const page = await switchTo(organizations.globex)
    must('ends at', page.url, at('/projects'))
    must('organization', await organizationOf(), organizations.globex)
    mustHold('the project is gone', page.text.includes('Globex only'))
    mustHold(
      'there was a page to fill in',
      page.steps.slice(0, -1).every(({ status }) => status !== 200),
    )
  })

  await report.step('an organization of other people is refused, whatever Scalekit makes of it', async () => {
    must('refused by Scalekit', (await switchTo(organizations.initech)).status, 403)
    must('organization', await organizationOf(), organizations.globex)
    await emulator.control('PATCH', '/settings', { foreignOrganization: 'other' })
    must('another one instead', (await switchTo(organizations.initech)).status, 400)
    must('organization', await organizationOf(), organizations.globex)
    await emulator.control('PATCH', '/settings', { foreignOrganization: 'error' })
  })

  await report.step('an organization that requires its own single sign-on is entered through it', async () => {
    const ivy = new Browser()
    const organization = async () => JSON.parse((await ivy.fetch(at('/api/me'))).text).organizationId
    const { page } = await logIn(ivy, at('/projects'), people.ivy)
    await ivy.submit(page, { containing: 'Acme', fields: { organization: organizations.acme } })
    must('organization', await organization(), organizations.acme)
    const path = `/auth/switch-organization?organization_id=${organizations.initech}&return_to=/projects`
    const provider = await ivy.open(at(path), { from: at('/projects') })
    mustHold('no identity provider asks', provider.text.includes('Send the answer'))
    must('until then', await organization(), organizations.acme)
    const projects = await ivy.submit(provider, { containing: 'Send the answer', fields: { email: people.ivy } })
    must('ends at', projects.url, at('/projects'))
    must('organization', await organization(), organizations.initech)
  })
}
