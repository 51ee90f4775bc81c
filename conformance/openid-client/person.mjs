// A person with a browser that runs no scripts: keeps cookies, follows redirects, fills in forms.
// It knows the pages only by what `docs/integrating.md` promises: names of fields and ids of buttons.

const MOST_STEPS = 20

export class Person {
  #cookies = new Map()
  /** The pages that were shown on the last way, for messages. */
  seen = []

  constructor(username, password) {
    this.username = username
    this.password = password
  }

  /** Opens `address` and does what each page asks for, until the way leads to `goal`. Returns that address. */
  async walk(address, goal) {
    this.seen = []
    let next = { url: new URL(address), method: 'GET' }
    for (let step = 0; step < MOST_STEPS; step++) {
      if (isAt(next.url, goal)) return next.url
      const response = await this.#send(next)
      const location = response.headers.get('location')
      if (response.status >= 300 && response.status < 400 && location) {
        await response.body?.cancel()
        next = { url: new URL(location, next.url), method: 'GET' }
        continue
      }
      const html = await response.text()
      this.seen.push(`${response.status} ${next.url.pathname}`)
      next = this.#answer(html, next.url)
    }
    throw new Error(`no end after ${MOST_STEPS} steps: ${this.seen.join(', ')}`)
  }

  /** What a person does at this page: the request that comes of it. */
  #answer(html, url) {
    for (const form of forms(html)) {
      const names = form.fields.map((field) => field.name)
      if (names.includes('username') && names.includes('password')) {
        if (this.seen.filter((page) => page === this.seen.at(-1)).length > 1) break
        return submit(form, url, { username: this.username, password: this.password })
      }
      const button = form.buttons.find(({ id }) => id === 'allow' || id === 'logout')
      if (button) return submit(form, url, button.name ? { [button.name]: button.value ?? '' } : {})
    }
    const title = /<title>([^<]*)/i.exec(html)?.[1].trim()
    const error = /id="?error"?[^>]*>([^<]*)/i.exec(html)?.[1].trim()
    throw new Error(`nothing to do at ${this.seen.at(-1)}: ${[title, error].filter(Boolean).join(' – ')}`)
  }

  async #send({ url, method, body }) {
    const headers = { accept: 'text/html' }
    if (this.#cookies.size) headers.cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    // Posts from a page carry its origin; a server may insist on that.
    if (method === 'POST') headers.origin = url.origin
    const response = await fetch(url, { method, body, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair, ...attributes] = cookie.split(';')
      const [name, ...value] = pair.split('=')
      if (attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute))) this.#cookies.delete(name.trim())
      else this.#cookies.set(name.trim(), value.join('=').trim())
    }
    return response
  }
}

function isAt(url, goal) {
  const { origin, pathname } = new URL(goal)
  return url.origin === origin && url.pathname === pathname
}

/** The request that a form makes: its own fields, and what the person adds. */
function submit(form, url, added) {
  const body = new URLSearchParams()
  for (const { name, type, value } of form.fields) {
    if (name && !(name in added) && !['submit', 'button', 'checkbox', 'radio'].includes(type)) body.append(name, value ?? '')
  }
  for (const [name, value] of Object.entries(added)) body.append(name, value)
  const target = new URL(form.action || url.href, url)
  if (form.method?.toLowerCase() === 'post') return { url: target, method: 'POST', body }
  target.search = body
  return { url: target, method: 'GET' }
}

/** The forms of a page, each with its fields and buttons. */
function forms(html) {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head, inside]) => ({
    ...attributes(head),
    fields: [...inside.matchAll(/<input\b([^>]*)>/gi)].map(([, input]) => attributes(input)),
    buttons: [...inside.matchAll(/<button\b([^>]*)>/gi)].map(([, button]) => attributes(button)),
  }))
}

function attributes(text) {
  const found = {}
  for (const [, name, double, single, bare] of text.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g)) {
    found[name.toLowerCase()] = unescape(double ?? single ?? bare ?? '')
  }
  return found
}

function unescape(text) {
  const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|apos));/gi, (_, hex, decimal, name) =>
    name ? named[name.toLowerCase()] : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
  )
}
