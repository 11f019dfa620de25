// Draws a laid-out map: SVG lines below, real buttons above. Tab and the arrow keys walk it, hover or focus opens a card, a click says which element.
const NS = "http://www.w3.org/2000/svg"
const make = (tag, cls, text) => { const e = document.createElement(tag); if (cls) e.className = cls; if (text != null) e.textContent = text; return e }
const SMALLEST = 0.25, LARGEST = 1.8, READABLE = 0.72

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".map"), kept = parentElement.kept || (parentElement.kept = {})
  let wide = 0
  const draw = () => { wide = root.clientWidth || 900; picture(root, data, wide, kept, setTriggerValue) }
  draw()
  let timer
  const seen = new ResizeObserver(() => { clearTimeout(timer); timer = setTimeout(() => Math.abs(root.clientWidth - wide) > 40 && draw(), 120) })
  seen.observe(root)
  return () => { clearTimeout(timer); seen.disconnect() }
}

function picture(root, data, wide, kept, say) {
  const active = root.getRootNode().activeElement, held = active && active.dataset ? active.dataset.id : null
  const plan = data.across.size[0] * READABLE <= wide ? data.across : data.down, down = plan === data.down
  const { w, h } = data, [W, H] = plan.size, at = plan.at
  root.style.setProperty("--edge", getComputedStyle(root).colorScheme.includes("dark") ? "#4A6066" : "#BBCACB")
  root.replaceChildren()
  const view = make("div", "view"), sheet = make("div", "sheet"), svg = document.createElementNS(NS, "svg")
  view.setAttribute("role", "group"); view.setAttribute("aria-label", data.label)
  sheet.style.cssText = `width:${W}px;height:${H}px`
  svg.setAttribute("width", W); svg.setAttribute("height", H); svg.setAttribute("aria-hidden", "true")
  sheet.append(svg)
  const lines = drawLines(plan, down, svg, sheet)
  let card
  const close = () => { if (card) card.remove(); card = null; lines.forEach(l => l.path.classList.remove("on")) }
  const open = (n, b) => {
    close()
    card = make("div", "card"); card.setAttribute("aria-hidden", "true") // its words are the button's own label
    card.append(make("h4", "", n.title)); const dl = make("dl")
    n.card.forEach(([k, v]) => dl.append(make("dt", "", k), make("dd", "", v))); card.append(dl); root.append(card)
    const r = b.getBoundingClientRect(), o = root.getBoundingClientRect()
    let x = r.left - o.left, y = r.bottom - o.top + 8
    if (x + 266 > root.clientWidth) x = root.clientWidth - 268
    if (y + card.offsetHeight > root.clientHeight) y = Math.max(0, r.top - o.top - card.offsetHeight - 8)
    card.style.left = Math.max(0, x) + "px"; card.style.top = y + "px"
    lines.forEach(l => (l.from === n.id || l.to === n.id) && l.path.classList.add("on"))
  }
  const deep = id => at[id][down ? 1 : 0], across = id => at[id][down ? 0 : 1]
  const order = [...data.nodes].sort((a, b) => deep(a.id) - deep(b.id) || across(a.id) - across(b.id)), buttons = {}
  const first = data.chosen && at[data.chosen] ? data.chosen : order.length ? order[0].id : null
  let dragged = false
  const go = id => { Object.values(buttons).forEach(b => { b.tabIndex = -1 }); buttons[id].tabIndex = 0; buttons[id].focus(); buttons[id].scrollIntoView({ block: "nearest", inline: "nearest" }) }
  order.forEach(n => {
    const b = button(n, at[n.id], w, h, data.chosen === n.id)
    b.tabIndex = n.id === first ? 0 : -1
    b.onmouseenter = () => open(n, b); b.onmouseleave = close; b.onfocus = () => b.matches(":focus-visible") && open(n, b); b.onblur = close
    b.onclick = () => dragged || say("element", n.id)
    b.onkeydown = ev => {
      if (ev.key === "Escape") return close()
      const to = ev.key === "Home" ? order[0] : ev.key === "End" ? order[order.length - 1] : beside(ev.key, n, order, at)
      if (to === undefined) return
      ev.preventDefault()
      if (to) go(to.id)
    }
    buttons[n.id] = b; sheet.append(b)
  })
  const fit = () => Math.min(1, (wide - 8) / W)
  let zoom = kept.size === String(plan.size) ? kept.zoom : Math.max(wide < 620 ? 0.8 : READABLE, fit())
  const apply = () => { sheet.style.zoom = zoom; kept.zoom = zoom; kept.size = String(plan.size) }
  const tools = make("div", "tools")
  tools.append(search(order, buttons, go, close))
  const zooms = [["zoom_out", "Smaller", "-", () => { zoom = Math.max(SMALLEST, zoom / 1.2) }], ["fit_screen", "Fit to width", "0", () => { zoom = fit() }],
    ["zoom_in", "Larger", "+", () => { zoom = Math.min(LARGEST, zoom * 1.2) }]]
  zooms.forEach(([icon, word, key, act]) => {
    const b = make("button", "", icon); b.setAttribute("aria-label", word); b.setAttribute("aria-keyshortcuts", key); b.title = `${word} (${key})`
    b.onclick = () => { act(); apply() }; tools.append(b)
  })
  view.onkeydown = ev => {
    const found = ev.ctrlKey || ev.metaKey || ev.altKey ? undefined : zooms.find(([, , key]) => key === (ev.key === "=" ? "+" : ev.key))
    if (found) { ev.preventDefault(); close(); found[3](); apply() }
  }
  pan(view, isOn => { dragged = isOn })
  view.onscroll = () => { kept.left = view.scrollLeft; kept.top = view.scrollTop }
  const same = kept.size === String(plan.size)
  apply(); view.append(sheet); root.append(tools, view)
  view.scrollLeft = same ? kept.left || 0 : down && first ? at[first][0] * zoom - view.clientWidth / 2 : 0
  view.scrollTop = same ? kept.top || 0 : 0
  if (held && buttons[held]) buttons[held].focus({ preventScroll: true })
}

function drawLines(plan, down, svg, sheet) {
  return plan.lines.map(line => {
    const path = document.createElementNS(NS, "path"), word = make("span", "word")
    path.setAttribute("d", line.d); path.setAttribute("class", "e" + (line.none ? " none" : "") + (line.off ? " off" : ""))
    path.setAttribute("stroke-width", line.width)
    svg.append(path)
    word.style.left = line.at[0] + "px"; word.style.top = line.at[1] + "px"
    if (line.word) { const label = make("span", "said", line.word); label.title = line.word; word.append(label, down ? " · " : make("br")) }
    word.append(make("b", "", line.said)); sheet.append(word)
    return { from: line.from, to: line.to, path }
  })
}

function button(n, [x, y], w, h, isChosen) {
  const b = make("button", `node ${n.kind} ${n.mark || ""}${isChosen ? " on" : ""}`)
  b.dataset.id = n.id; b.type = "button"
  b.style.cssText = `left:${x - w / 2}px;top:${y - h / 2}px;width:${w}px;height:${h}px;` + (n.color ? `--c:${n.color}` : "")
  const icon = make("i", "", n.icon), line = make("span", "l")
  icon.setAttribute("aria-hidden", "true"); line.append(make("b", "", n.line[0]), " " + n.line[1])
  b.append(icon, make("span", "t", n.title), line)
  if (n.badge) b.append(make("span", "badge " + (n.tone || ""), n.badge))
  b.setAttribute("aria-label", `${n.title}. ` + n.card.map(c => c.join(" ")).join(", "))
  if (isChosen) b.setAttribute("aria-current", "true")
  return b
}

// The nearest element in the key's direction; null: there is none; undefined: no key of ours.
function beside(key, n, order, at) {
  const k = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key]
  if (!k) return undefined
  const [x, y] = at[n.id]
  const found = order.filter(m => m !== n)
    .map(m => [m, (at[m.id][0] - x) * k[0] + (at[m.id][1] - y) * k[1], Math.abs((at[m.id][0] - x) * k[1]) + Math.abs((at[m.id][1] - y) * k[0])])
    .filter(m => m[1] > 8).sort((p, q) => p[1] + 2 * p[2] - q[1] - 2 * q[2])[0]
  return found ? found[0] : null
}

function search(order, buttons, go, close) {
  const field = make("input", "find")
  field.type = "search"; field.placeholder = "Find an element"; field.setAttribute("aria-label", "Find an element on the map, Enter goes to it")
  const found = () => { const q = field.value.trim().toLowerCase(); return q ? order.filter(n => (n.title + " " + n.id).toLowerCase().includes(q)) : order }
  field.oninput = () => { const those = new Set(found().map(n => n.id)); order.forEach(n => buttons[n.id].classList.toggle("dim", !those.has(n.id))) }
  field.onkeydown = ev => {
    if (ev.key === "Escape") { field.value = ""; field.oninput(); close() }
    if (ev.key === "Enter" && field.value.trim() && found().length) { ev.preventDefault(); go(found()[0].id) }
    ev.stopPropagation()
  }
  return field
}

function pan(view, dragging) {
  let from = null
  view.onpointerdown = ev => { if (ev.pointerType === "mouse" && ev.button === 0) { from = [ev.clientX, ev.clientY, view.scrollLeft, view.scrollTop]; dragging(false) } }
  view.onpointermove = ev => {
    if (!from) return
    const dx = ev.clientX - from[0], dy = ev.clientY - from[1]
    if (Math.abs(dx) + Math.abs(dy) > 4 && !view.classList.contains("drag")) { dragging(true); view.classList.add("drag"); view.setPointerCapture(ev.pointerId) }
    view.scrollLeft = from[2] - dx; view.scrollTop = from[3] - dy
  }
  // the click that ends a drag comes after this and opens nothing; the next one, of a key too, does
  view.onpointerup = view.onpointerleave = view.onpointercancel = () => { from = null; view.classList.remove("drag"); setTimeout(() => dragging(false)) }
}
