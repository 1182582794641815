import { html } from './html.js'

/** The frame around every page. */
export function layout({ title, user }, body) {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Plainboard</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#content">Skip to content</a>
<header class="bar">
<a class="brand" href="/">Plainboard</a>
${user ? account(user) : html`<a class="button" href="/login">Log in</a>`}
</header>
<main id="content">
${body}
</main>
<footer>An example app. Sessions by express-session and passport; enterprise SSO by Scalegate and Scalekit.</footer>
</body>
</html>
`.toString()
}

/** Logging out changes state, so it is a form with a button and never a link. */
function account({ name }) {
  return html`<div class="account">
<span>${name}</span>
<form method="post" action="/logout"><button>Log out</button></form>
</div>`
}
