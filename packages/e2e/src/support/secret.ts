/** Seals the cookies of apps under test. */
export const testSecret = 'q3Z7mT0pX9vK2sL8wR5yB1nC6dF4gH0j'
