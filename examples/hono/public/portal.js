import '/admin-portal.js'

const words = {
  ORGANIZATION_SSO_ENABLED: 'Single sign-on was switched on.',
  ORGANIZATION_SSO_DISABLED: 'Single sign-on was switched off.',
  ORGANIZATION_DIRECTORY_ENABLED: 'Directory sync was switched on.',
  ORGANIZATION_DIRECTORY_DISABLED: 'Directory sync was switched off.',
}

// A hint for the person before the page. What is true, the app hears by webhooks.
document.querySelector('scalekit-admin-portal')?.addEventListener('scalekit-portal-event', ({ detail }) => {
  if (detail.type in words) document.querySelector('.news').textContent = words[detail.type]
})
