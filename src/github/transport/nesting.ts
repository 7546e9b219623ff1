/** The API's own answers have less than twenty levels. */
const deepest = 500

const [quote, backslash, openList, closeList, openObject, closeObject] = Buffer.from('"\\[]{}')

/**
 * Whether JSON is nested so deeply that reading or writing it would exhaust the stack, which no
 * answer of the API is. Looks at the bytes, without parsing.
 */
export function isNestedTooDeeply(json: Buffer): boolean {
  let depth = 0
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) at = endOfText(json, at)
    else if (byte === openList || byte === openObject) {
      if (++depth > deepest) return true
    } else if (byte === closeList || byte === closeObject) depth--
  }
  return false
}

/** The position of the quote that ends a text; the end of the bytes if there is none. */
function endOfText(json: Buffer, start: number): number {
  for (let end = start; ; ) {
    end = json.indexOf('"', end + 1)
    if (end === -1) return json.length
    let slashes = 0
    while (json[end - 1 - slashes] === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
}
