import { Browser } from './browser.mjs'
import { must, mustHold } from './report.mjs'
import { createWitness, logIn, organizations, people } from './witness.mjs'

/** What the vendor of the app does about its customers. Globex is the vendor here. */
export async function backOffice({ report, emulator, app }) {
  const { control } = emulator
  const witness = createWitness(control)
  const address = `${app.origin}/staff/customers`

  await report.step('the vendor’s staff set up a customer, who opens the portal by the link', async () => {
    const bea = new Browser()
    const { page: picker } = await logIn(bea, address, people.bea)
    const page = await bea.submit(picker, { containing: 'Globex', fields: { organization: organizations.globex } })
    must('ends at', page.url, address)
    const fields = { name: 'Hooli', external_id: 'hooli', plan: 'team', features: 'sso' }
    const answer = await bea.submit(page, { containing: 'New customer', fields })
    must('ends at', answer.url, address)
    mustHold('the answer may be kept', answer.headers['cache-control'].includes('no-store'))
    const link = /value="(http[^"]*\/magicLink\/[^"]*)"/.exec(answer.text)?.[1]
    mustHold('there is no link', link !== undefined)
    mustHold('the link is shown again', !(await bea.open(address)).text.includes('magicLink'))
    const made = (await control('GET', '/state')).organizations.find(({ externalId }) => externalId === 'hooli')
    must('single sign-on', made?.features.sso, true)

    const portal = await new Browser().open(link)
    must('the portal', portal.status, 200)
    mustHold('is the portal of somebody else', portal.text.includes('Hooli'))
    must('the link a second time', (await new Browser().open(link)).status, 410)
  })

  await report.step('the admin of a customer is no staff, and Scalekit is not asked', async () => {
    const ada = new Browser()
    await logIn(ada, `${app.origin}/projects`, people.ada)
    const before = await witness.calls('GET')
    must('page', (await ada.open(address)).status, 403)
    must('calls of the app', (await witness.calls('GET')) - before, 0)
  })
}
