import express from 'express'
import { listening } from './listening.mjs'

const app = express()
app.get('/members', (_, res) => {
  res.json({ id: 'usr_104000000000000001' })
})
app.listen(process.env.PORT, '127.0.0.1', listening)
