import { problem } from '@/lib/problem'

const notFound = () => problem(404, 'There is nothing at this address.')

/** Programs get JSON where people get the 404 page. */
export { notFound as DELETE, notFound as GET, notFound as PATCH, notFound as POST, notFound as PUT }
