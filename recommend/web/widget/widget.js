// Puts the links of a page where the tag stands that loads this file:
//
//   <script async src="https://links.example.org/widget.js" data-limit="5"></script>
//
// The server puts in the style sheet, the words over the list and whether it takes
// events, and leaves out comments like this one and the space before lines. No cookie, no storage, and no
// more of the reader than what was on the screen.
(() => {
  const css = "$CSS"
  const headings = "$HEADINGS"
  const doc = document
  const tag = doc.currentScript
  const options = tag.dataset
  const server = path => new URL(path, tag.src)

  // What all tags of one page share. An app that changes its address has a new page.
  const at = location.href.split('#')[0]
  let page = window.alsolike
  if (page?.at != at) {
    const view = Array.from(crypto.getRandomValues(new Uint8Array(16)), n => (n % 36).toString(36)).join('')
    page = window.alsolike = { at, view, queue: [], styled: page?.styled }
  }

  // Events wait a moment for one another, and are sent at once when the reader goes.
  // Nothing is told of readers who do not want it, or to a server that takes none.
  const quiet = !"$EVENTS" || options.events == 'off' || navigator.globalPrivacyControl || navigator.doNotTrack == 1

  const flush = () => {
    if (page.queue[0]) navigator.sendBeacon(server('v1/events'), JSON.stringify({ events: page.queue.splice(0) }))
  }

  const tell = event => {
    if (!quiet && page.queue.push(event) == 1) setTimeout(flush, 500)
  }

  // Where the reader came from: no more than the kind of place, unless it is this site.
  const from = new URL(doc.referrer || location)
  const ref = !doc.referrer ? 'direct'
    : from.host == location.host ? from.pathname == '/' ? 'home' : 'internal'
    : /(^|\.)(google|bing|duckduckgo|yahoo|baidu|yandex|ecosia)\./.test(from.host) ? 'search'
    : /(^|\.)(facebook|instagram|t|x|reddit|linkedin|weibo|pinterest|threads|bsky)\.\w+$/.test(from.host) ? 'social' : 'other'

  const opened = article => {
    if (page.opened) return
    page.opened = true
    const told = () => tell({ t: 'pv', page: article, from: ref == 'internal' ? from : ref })
    if (doc.prerendering) doc.addEventListener('prerenderingchange', told, { once: true })
    else told()
  }

  // Tells that the list was seen when half of it, or half a window of it, was on the
  // screen for a second; which cards were; and which one was followed.
  const watch = (box, list) => {
    // A list that only fills in for an unknown article is not evaluated.
    if (!list.article) return
    const about = { view: page.view, list }
    const cards = [...box.querySelectorAll('li')]
    const timers = new Map()
    let shown
    let positions = []

    const show = () => {
      if (!shown) tell({ t: 'imp', ...about, lang: box.lang || undefined, dev: innerWidth < 600 ? 'mobile' : innerWidth < 1100 && navigator.maxTouchPoints ? 'tablet' : 'desktop', ref })
      if (positions[0]) tell({ t: 'view', ...about, positions })
      shown = true
      positions = []
    }
    const observer = new IntersectionObserver(entries => entries.forEach(({ target, intersectionRatio, intersectionRect }) => {
      const wait = () => timers.set(target, setTimeout(() => {
        if (doc.hidden) return wait()
        observer.unobserve(target)
        if (target != box) positions.push(list.items[cards.indexOf(target)].position)
        if (target == box || shown) setTimeout(show, 99)
      }, 1000))
      clearTimeout(timers.get(target))
      if (intersectionRatio >= .5 || intersectionRect.height > innerHeight / 2) wait()
    }), { threshold: [.1, .2, .3, .4, .5] });
    [box, ...cards].forEach(target => observer.observe(target))

    box.onclick = box.onauxclick = event => {
      const link = event.target.closest('a')
      if (!link || event.button > 1) return
      const { id, position } = list.items[cards.indexOf(link.closest('li'))]
      show()
      tell({ t: 'clk', ...about, item: id, position })
      flush()
    }
    doc.addEventListener('visibilitychange', flush)
  }

  // The list, in the elements that /v1/fragment has.
  const make = (name, properties, ...inside) => {
    const element = Object.assign(doc.createElement(name), properties)
    element.append(...inside)
    return element
  }

  const speaks = lang => lang && { lang, dir: /^(ar|ckb|dv|fa|he|ks|ps|sd|ug|ur|yi)\b|-(Arab|Hebr)/.test(lang) ? 'rtl' : 'ltr' }

  const spoken = lang => lang != 'und' && lang || ''

  const card = ({ title, url, image, section, lang }, of) => {
    lang = spoken(lang)
    const base = lang.split('-')[0]
    const language = lang && base != of.split('-')[0] && new Intl.DisplayNames(lang, { type: 'language' }).of(lang)
    const words = [language, section].filter(Boolean).join(' · ')
    const picture = image && make('img', { loading: 'lazy', width: 160, height: 120, alt: image.alt || '', onerror: () => picture.remove(), src: image.src })
    const link = make('a', url && { href: url }, title || url)
    if (!/^http/.test(link.protocol)) link.removeAttribute('href')
    const foreign = lang && lang != of && speaks(lang)
    return make('li', foreign && { lang }, picture || '', make('div', foreign && { dir: foreign.dir }, words && make('p', {}, words), link))
  }

  const style = () => {
    if (page.styled || options.style == 'off') return
    page.styled = true
    try {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
      doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet]
    } catch {
      doc.head.append(make('link', { rel: 'stylesheet', href: server('widget.css') }))
    }
  }

  const run = async () => {
    // Lists that are in the page already, by /v1/fragment, are only watched.
    if (options.fragment) {
      return doc.querySelectorAll(options.fragment).forEach(box => {
        const list = JSON.parse(box.dataset.list)
        opened(list.article)
        watch(box, list)
      })
    }
    const query = new URLSearchParams()
    for (const name of 'id url limit placement lang section not_section tag not_tag since exclude threshold fallback'.split(' ')) {
      if (options[name]) query.set(name, options[name])
    }
    if (!options.id && !options.url) {
      query.set('url', doc.querySelector('link[rel~=canonical]')?.href || doc.querySelector('meta[property="og:url"]')?.content || at)
    }
    if ('from' in options && ref == 'internal') query.set('from', from)
    opened(options.id || query.get('url'))

    // As many empty cards hold the place until the answer comes.
    style()
    const empty = Array.from({ length: Math.min(options.limit || 5, 50) }, () => make('li'))
    const box = make('section', { className: 'alsolike', ariaHidden: true }, make('h2', {}, '\xa0'), make('ol', {}, ...empty))
    if (options.target) doc.querySelector(options.target).append(box)
    else tag.after(box)

    try {
      const answer = await fetch(server('v1/related?' + query), { credentials: 'omit', signal: AbortSignal.timeout(8000) })
      const { recommendation_id, snapshot, article, placement, items, draw } = await answer.json()
      if (!items[0]) throw 0
      const lang = spoken(article.lang) || spoken(items[0].card.lang)
      let known = lang
      while (known && !headings[known]) known = known.replace(/-?[^-]*$/, '')
      const heading = options.heading || headings[known || 'en']
      box.replaceChildren(
        make('h2', !options.heading && !known && speaks('en'), heading),
        make('ol', {}, ...items.map(item => card(item.card, lang))))
      Object.assign(box, { ariaHidden: null }, speaks(lang), { ariaLabel: heading })
      watch(box, {
        recommendation_id, snapshot, article: article.id, placement, draw,
        items: items.map(({ id, position, source, p }) => ({ id, position, source, p })),
      })
    } catch {
      box.remove()
    }
  }

  // A tag in the body has all it needs above it, but for what it names by a selector.
  if (doc.readyState == 'loading' && (options.target || options.fragment || !doc.body)) doc.addEventListener('DOMContentLoaded', run)
  else run()
})()
