import { html } from './html.js'
import { layout } from './layout.js'

/** The projects of the session's organization, and a form for those who may create one. */
export function projectsPage({ session, projects }) {
  const mayDelete = session.permissions.includes('projects:delete')
  const body = html`<h1>Projects</h1>
${session.permissions.includes('projects:create') ? form() : html`<p class="soft">Your role may look at projects, not create them.</p>`}
<ul class="card rows">
${projects.map(
  ({ id, name, createdBy }) =>
    html`<li><b>${name}</b> <span class="soft">${createdBy}</span>${mayDelete && html` <a href="/projects/${id}/delete" aria-label="Delete ${name}">Delete</a>`}</li>`,
)}
</ul>`
  return layout({ title: 'Projects', session, path: '/projects', script: '/new-project.js' }, body)
}

function form() {
  return html`<form class="card inline" id="new-project">
<label for="name">New project</label>
<input id="name" name="name" required maxlength="80" autocomplete="off">
<button class="primary">Create</button>
<p class="message" role="status"></p>
</form>`
}
