import { readFileSync } from 'node:fs'

/**
 * Whether this process may draw on its terminal: it is in the terminal's foreground process group, and
 * not a job in the background, whose redrawing would erase what somebody types. true where the system
 * does not say.
 * https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
export function isForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1')
    // The program's name may hold spaces and parentheses.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return foreground === '-1' || foreground === group
  } catch {
    return true
  }
}
