import { describe, expect, it } from 'vitest'
import { isSignedBy, sign, startDigests } from '../../../src/webhooks/receive/signature.js'

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const example = {
  secret: "It's a Secret to Everybody",
  body: Buffer.from('Hello, World!'),
  header: 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
}

describe('a signature', () => {
  it("is that of GitHub's documentation", () => {
    expect(sign(example.body, example.secret)).toBe(example.header)
    expect(isSignedBy(example.body, example.header, [example.secret])).toBe(true)
  })

  it('is one of any secret, and of none without secrets', () => {
    const others = ['one secret', 'another secret']
    expect(isSignedBy(example.body, example.header, [...others, example.secret])).toBe(true)
    expect(isSignedBy(example.body, example.header, [example.secret, ...others])).toBe(true)
    expect(isSignedBy(example.body, example.header, others)).toBe(false)
    expect(isSignedBy(example.body, example.header, [])).toBe(false)
    expect(isSignedBy(example.body, undefined, [example.secret])).toBe(false)
  })

  it('is the same however a body is divided', () => {
    const digests = startDigests([example.secret])
    for (const byte of example.body) digests.update(Buffer.of(byte))
    expect(digests.areSignedBy(example.header)).toBe(true)
    expect(digests.sha256()).toBe(
      'dffd6021bb2bd5b0af676290809ec3a53191dd81c7f70a4b28688a362182986f',
    )
  })
})
