// What a page's own HTML cannot do by itself: links inside the app open without loading it anew, an address is copied,
// a row's menu closes, the list of what is on a page leads there, and on a phone the sidebar folds once it has been used.
const OWN = /^\/(auth|exports|app|api|media|_stcore)\//

const elsewhere = link => link.hasAttribute("download") || (link.target && link.target !== "_self") || link.origin !== location.origin || OWN.test(link.pathname) || link.hash

async function copied(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text)
  const field = document.createElement("textarea") // plain HTTP has no clipboard of its own
  field.value = text
  document.body.append(field)
  field.select()
  document.execCommand("copy")
  field.remove()
}

function close(but) {
  for (const menu of document.querySelectorAll("details.ja-more[open]")) if (menu !== but) menu.open = false
}

// Streamlit reads the address anew when the browser's history moves: one step, which Back undoes
function go(address) {
  history.pushState(null, "", address)
  dispatchEvent(new PopStateEvent("popstate", { state: null }))
}

// to a widget of this page, and its heading is where the keyboard goes on
function lead(key) {
  const there = document.querySelector(`.st-key-w-${CSS.escape(key)}`), head = there?.querySelector("h2,h3")
  close()
  there?.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" })
  head?.setAttribute("tabindex", "-1")
  head?.focus({ preventScroll: true })
}

// a number that stands for a part of an answer: what it is says data-hit, the widget is that of its frame
const struck = on => on.closest("[data-hit]") && !on.closest("a,button,summary,label,input") && !String(getSelection())

function tell(on, hit) {
  const frame = on.closest('[class*="st-key-w-"],[class*="st-key-t-"]')
  const key = frame?.className.match(/(?:^|\s)st-key-[wt]-(\S+)/)
  if (key) document.journeys.hit({ widget: key[1], hit, of: on.closest("[data-of]")?.dataset.of || "" })
}

function pressed(event) {
  const on = event.target instanceof Element ? event.target : null
  if (!on || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  close(on.closest("details.ja-more"))
  const copy = on.closest("[data-copy]"), link = on.closest("a[href]"), goal = on.closest("[data-goto]")
  if (copy) {
    copied(new URL(copy.dataset.copy, location.href).href).then(() => { copy.textContent = "Link copied"; setTimeout(() => { copy.textContent = "Copy link" }, 2000) })
  } else if (goal) {
    lead(goal.dataset.goto)
  } else if (struck(on)) {
    tell(on, on.closest("[data-hit]").dataset.hit)
  } else if (on.closest("[data-stop]")) {
    tell(on, "stop")
  } else if (link && !event.defaultPrevented && link.closest("[data-testid=stMain],[data-testid=stSidebar],[role=dialog]") && !elsewhere(link)) {
    event.preventDefault()
    close()
    go(link.pathname + link.search)
    if (innerWidth < 768 && link.closest("[data-testid=stSidebar]")) setTimeout(() => document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click(), 0)
  }
}

// the list of a row's menu stands free of the table, which scrolls by itself
function place(menu) {
  const list = menu.querySelector("ul"), at = menu.querySelector("summary").getBoundingClientRect()
  list.style.position = "fixed"
  const wide = document.documentElement.clientWidth
  list.style.right = `${Math.max(8, Math.min(wide - at.right, wide - list.offsetWidth - 8))}px`
  list.style.top = at.bottom + list.offsetHeight + 8 > innerHeight ? `${Math.max(8, at.top - list.offsetHeight)}px` : `${at.bottom}px`
}

function install() {
  document.addEventListener("click", pressed)
  document.addEventListener("toggle", event => event.target.matches?.("details.ja-more[open]") && place(event.target), true)
  document.addEventListener("scroll", event => event.target.closest?.(".ja-more ul") || close(), true)
  document.addEventListener("keydown", event => {
    if (event.key !== "Escape") return
    const open = document.querySelector("details.ja-more[open]")
    close()
    open?.querySelector("summary").focus()
  })
}

export default function ({ setTriggerValue }) {
  if (!document.journeys) install()
  document.journeys = { hit: value => setTriggerValue("hit", value) }
}
