import { html } from 'hono/html'
import { layout } from './layout.js'

/** Whoever sees this page has proven within the last minutes who they are. */
export function deleteProjectPage({ session, project }) {
  const body = html`<section class="hero">
<h1>Delete ${project.name}?</h1>
<p>This cannot be undone.</p>
<form method="post">
<button class="primary danger">Delete project</button>
<a class="button" href="/projects">Keep it</a>
</form>
</section>`
  return layout({ title: 'Delete project', session, path: '/projects' }, body)
}
