/** Draws what a terminal shows, with its colours (SGR), as an SVG. */
export function svgOf(painted: string, { columns }: { columns: number }): string {
  const rows = painted.split('\n')
  const width = columns * cell.width + 2 * margin
  const height = rows.length * cell.height + 2 * margin + bar
  const text = rows.flatMap((row, index) => {
    const y = bar + margin + index * cell.height + cell.height * 0.75
    return spansOf(row).map(({ column, style, text }) => {
      const x = margin + column * cell.width
      return `  <text x="${round(x)}" y="${round(y)}"${style}>${escapeXml(text)}</text>`
    })
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="A terminal: wizard REPO SYNC, STATUS and EXEC">`,
    '  <style>text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d4d8de; white-space: pre }</style>',
    `  <rect width="${round(width)}" height="${round(height)}" rx="8" fill="#1b1f27"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (fill, index) => `  <circle cx="${20 + index * 20}" cy="17" r="6" fill="${fill}"/>`,
    ),
    ...text,
    '</svg>',
    '',
  ].join('\n')
}

const cell = { width: 8.43, height: 20 }
const margin = 16
const bar = 22

interface Span {
  column: number
  style: string
  text: string
}

/** The colours that wizard uses. */
const fills: Record<string, string> = { 31: '#ff7b72', 32: '#7ee787', 33: '#e3b341' }

/** The parts of a row; marks are two columns wide, so each begins a part of its own. */
function spansOf(row: string): Span[] {
  const spans: Span[] = []
  let column = 0
  let style = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal reads
  for (const [, codes, text] of row.matchAll(/\u001b\[([\d;]*)m|([✅❌➖]|[^\u001b✅❌➖]+)/gu)) {
    if (text === undefined) style = styleOf(codes ?? '', style)
    else {
      // Not every viewer keeps spaces at an end, or several of them.
      for (const { 0: words, index } of text.matchAll(/\S+(?: \S+)*/g))
        spans.push({ column: column + index, style, text: words })
      column += /[✅❌➖]/u.test(text) ? 2 : text.length
    }
  }
  return spans
}

function styleOf(codes: string, before: string): string {
  return codes.split(';').reduce((style, code) => {
    if (fills[code]) return ` style="fill: ${fills[code]}"`
    if (code === '1') return ' style="font-weight: bold"'
    if (code === '2') return ' style="fill: #8b949e"'
    return ['', '0', '22', '39'].includes(code) ? '' : style
  }, before)
}

const round = (value: number) => Math.round(value * 10) / 10

const escapeXml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
