/**
 * What Redis does as one step, in Lua. `KEYS` and `ARGV` are named at the head of each. They are sent by `EVAL` each
 * time: at most a kilobyte, and there is no second way to take when a server has forgotten them.
 */

/** KEYS: entry. ARGV: what lies there, what shall, milliseconds. */
export const setWhere = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

/** KEYS: entry. ARGV: what lies there. */
export const deleteWhere = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`

/** KEYS: entry. ARGV: text, milliseconds. Lua's own comparison of texts follows the locale of the server. */
export const raise = `
local function above(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x > y end
  end
  return #a > #b
end
local before = redis.call('GET', KEYS[1])
local text = ARGV[1]
if before and above(before, text) then text = before end
redis.call('SET', KEYS[1], text, 'PX', ARGV[2])
return before`

/**
 * Head of the scripts of marks. KEYS: state, log.
 *
 * `now` is the server's. By the clock of whoever comes first, one process whose clock is an hour off would say for all of
 * them which sessions were confirmed since the log began.
 *
 * State and log stand and fall together, and whoever finds one of them gone begins anew. The log is begun by an entry, so
 * that it exists from then on. Both outlive every mark twice: an hour is added so that they need not be touched each time.
 */
const kept = `
local state, log = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local now = string.format('%d.%06d', time[1], time[2])
local function begin()
  redis.call('HSET', state, 'since', now)
  redis.call('XADD', log, '*', 'since', now)
  return now
end
local function keep(longest)
  local life = 2 * longest + 86400000
  for i = 1, 2 do
    if redis.call('PTTL', KEYS[i]) < life then redis.call('PEXPIRE', KEYS[i], string.format('%.0f', life + 3600000)) end
  end
end
local since = redis.call('HGET', state, 'since')
if not since or redis.call('EXISTS', log) == 0 then since = begin() end
local longest = tonumber(redis.call('HGET', state, 'longest') or 0)
`

/**
 * KEYS: state, log, marks. ARGV: milliseconds, then name and instant of each mark. The later instant and the longer
 * life stay. The log is cut before what has outlived the longest life that was ever asked for.
 */
export const writeMarks = `${kept}
local life = tonumber(ARGV[1])
if life > longest then
  longest = life
  redis.call('HSET', state, 'longest', ARGV[1])
end
local oldest = string.format('%.0f-0', time[1] * 1000 + math.floor(time[2] / 1000) - longest - 1000)
for i = 3, #KEYS do
  local name, at = ARGV[2 * i - 4], ARGV[2 * i - 3]
  redis.call('XADD', log, 'MINID', '~', oldest, '*', 'name', name, 'at', at)
  local before = redis.call('GET', KEYS[i])
  if before and tonumber(before) > tonumber(at) then at = before end
  local left = math.max(life, redis.call('PTTL', KEYS[i]))
  redis.call('SET', KEYS[i], at, 'PX', string.format('%.0f', left))
end
keep(longest)
return since`

/**
 * KEYS: state, log, marks.
 *
 * A master that another has replaced unheard would answer for ever without what is written there. One that may not write
 * without its replicas gives itself away, once it is asked to: so it is, every five seconds. Other refusals hinder no reading.
 */
export const readMarks = `${kept}
keep(longest)
if math.abs(tonumber(now) - tonumber(redis.call('HGET', state, 'asked') or 0)) >= 5 then
  local written = redis.pcall('HSET', state, 'asked', now)
  if type(written) == 'table' and written.err and written.err:find('NOREPLICAS', 1, true) then return written end
end
local reply = { since }
for i = 3, #KEYS do reply[i - 1] = redis.call('GET', KEYS[i]) end
return reply`

/**
 * KEYS: state, log. ARGV: the latest beat that this process knows, how many seconds may be lost.
 *
 * A beat that is older than one that was acknowledged says that the server has come back without its latest data. What
 * processes wrote shortly before, they write again; beyond that nobody can say what is missing, so the log begins anew.
 */
export const beat = `${kept}
keep(longest)
local before = redis.call('HGET', state, 'beat') or '0'
local last = before
if tonumber(ARGV[1]) - tonumber(before) > tonumber(ARGV[2]) then since = begin() end
if tonumber(now) - tonumber(before) >= 5 then
  redis.call('HSET', state, 'beat', now)
  last = now
end
return { since, before, last }`
