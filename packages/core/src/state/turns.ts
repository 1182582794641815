import { promisesAreBoundToRequests } from './request-bound.js'

/** Runs tasks of one name one after another, in the order in which they came, and tasks of other names beside them. */
export type Turns = <Result>(name: string, task: () => Promise<Result>) => Promise<Result>

/** Whether a task failed is no concern of the next one. On workerd nobody waits: whoever came before may never be seen to end. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return (name, task) => {
    if (promisesAreBoundToRequests()) return task()
    const before = last.get(name)
    const turn = before === undefined ? task() : before.then(task, task)
    last.set(name, turn)
    const end = () => {
      if (last.get(name) === turn) last.delete(name)
    }
    turn.then(end, end)
    return turn
  }
}
