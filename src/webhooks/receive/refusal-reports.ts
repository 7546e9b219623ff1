import type { Clock } from '../../base/clock.js'

const minute = 60_000
const mostReports = 60

export interface RefusalReportOptions<Refused> {
  clock: Clock
  report(refused: Refused): void
  /** @param count how many were not reported in the minute before */
  reportMore(count: number): void
}

/** Reports at most 60 refusals a minute, so that unsigned requests do not fill the log. */
export function refusalReports<Refused>(
  options: RefusalReportOptions<Refused>,
): (refused: Refused) => void {
  let start = Number.NEGATIVE_INFINITY
  let count = 0
  return (refused) => {
    // The clock may be set back.
    const elapsed = Math.abs(options.clock.now() - start)
    if (elapsed >= minute) {
      if (count > mostReports) options.reportMore(count - mostReports)
      start = options.clock.now()
      count = 0
    }
    count++
    if (count <= mostReports) options.report(refused)
  }
}
