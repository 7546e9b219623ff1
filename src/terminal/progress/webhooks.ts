import type { HandlerSubject } from '../../webhooks/session.js'
import { marks } from '../marks.js'
import { formatLength } from '../times.js'
import type { Handlers, ProgressContext } from './reporting.js'

/** Reports what SERVE receives and runs, a line each. */
export function webhookHandlers({ say, stream }: ProgressContext) {
  return {
    'webhooks-listening': () => {},
    'webhooks-reloaded': () => say('webhooks.yaml was reloaded'),
    'deliveries-received': ({ deliveries }) => {
      for (const { id, event, delivery, outcome } of deliveries) {
        say(stream.paint('faint', `${id} ${event} ${delivery.slice(0, 8)} ${outcome}`))
      }
    },
    'delivery-refused': ({ status, address }) =>
      say(stream.paint('warning', `refused with ${status}${address ? ` from ${address}` : ''}`)),
    'handler-started': (subject) => say(`${describe(subject)} → ${subject.handler}`),
    'handler-ended': ({ end, milliseconds, ...subject }) => {
      const took = formatLength(milliseconds / 1000)
      const isGood = end.status === 'done'
      const why = end.error === null ? '' : `: ${end.error.message}`
      const line = `${isGood ? marks.good : marks.bad} ${describe(subject)} → ${subject.handler} ${end.status} (${took})${why}`
      say(isGood ? line : stream.paint('bad', line))
    },
  } satisfies Handlers
}

/** `push uDOS/core main 72d3162e` */
function describe({ event, repo, ref, delivery, attempt }: HandlerSubject): string {
  const short = ref?.replace(/^refs\/(?:heads|tags)\//, '')
  const words = [event, repo, short, delivery.slice(0, 8)].filter(Boolean).join(' ')
  return attempt > 1 ? `${words} (attempt ${attempt})` : words
}
