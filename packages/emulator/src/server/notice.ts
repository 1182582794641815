import type { NoticePage } from '../pages/index.js'
import { renderNotice } from '../pages/index.js'
import { pageHeaders } from './page-headers.js'

/** A page that says something went wrong, or is over. */
export function notice(page: NoticePage): Response {
  return new Response(renderNotice(page), { status: page.status, headers: pageHeaders('page') })
}

/** The answer to a path that Scalekit may have and the emulator has not. */
export function notEmulated(method: string, path: string): Response {
  return notice({ status: 404, title: 'Not emulated', code: 'not_emulated', detail: `not emulated: ${method} ${path}` })
}
