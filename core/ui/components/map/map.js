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
  const lines = drawLines(data, plan, down, svg, sheet)
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

function drawLines(data, plan, down, svg, sheet) {
  const { w, h } = data, top = Math.max(1, ...data.links.map(l => l.runs)), of = new Map(data.links.map(l => [l.from + "\n" + l.to, l])), out = {}, into = {}
  data.links.forEach(l => { out[l.from] = (out[l.from] || 0) + 1; into[l.to] = (into[l.to] || 0) + 1 })
  const placed = []
  return plan.routes.map(([a, b, points]) => {
    const link = of.get(a + "\n" + b), p = points.map(q => [...q]), last = p.length - 1
    const back = p[0][down ? 1 : 0] > p[last][down ? 1 : 0], turn = back ? -1 : 1
    if (down) { p[0][1] += turn * h / 2; p[last][1] -= turn * (h / 2 + 1) } else { p[0][0] += turn * w / 2; p[last][0] -= turn * (w / 2 + 1) }
    let d = `M${p[0]}`
    for (let k = 1; k <= last; k++) {
      const [x0, y0] = p[k - 1], [x1, y1] = p[k], m = down ? (y0 + y1) / 2 : (x0 + x1) / 2
      d += down ? `C${x0},${m} ${x1},${m} ${x1},${y1}` : `C${m},${y0} ${m},${y1} ${x1},${y1}`
    }
    const path = document.createElementNS(NS, "path")
    path.setAttribute("d", d); path.setAttribute("class", "e" + (link.runs ? "" : " none") + (link.off ? " off" : ""))
    path.setAttribute("stroke-width", link.runs ? (1.5 + 10.5 * link.runs / top).toFixed(1) : 1.5)
    svg.append(path)
    const forks = out[a] > 1, joins = into[b] > 1, [x0, y0] = p[0], [x1, y1] = p[1], word = make("span", "word")
    const x = down ? (forks ? x0 * 0.18 + x1 * 0.82 : joins ? x0 * 0.82 + x1 * 0.18 : (x0 + x1) / 2) : (x0 + x1) / 2
    const y = clear(placed, x, down ? (last > 1 ? y0 + turn * 17 : (y0 + y1) / 2) : forks ? y0 * 0.18 + y1 * 0.82 : (y0 + y1) / 2, link, down)
    word.style.left = x + "px"; word.style.top = y + "px"
    if (link.word) { const label = make("span", "said", link.word); label.title = link.word; word.append(label, down ? " · " : make("br")) }
    word.append(make("b", "", link.said)); sheet.append(word)
    return { from: a, to: b, path }
  })
}

// A place for a line's words that no other's cover: its own height, or a line of text above or below it.
function clear(placed, x, y, link, down) {
  const letters = down ? Math.min(link.word.length, 18) + link.said.length + 3 : Math.max(Math.min(link.word.length, 18), link.said.length), half = letters * 3.1 + 5
  const tall = link.word && !down ? 30 : 15, isFree = at => !placed.some(p => Math.abs(p.x - x) < p.half + half && Math.abs(p.y - at) < (p.tall + tall) / 2)
  const found = [y, y + tall, y - tall, y + 2 * tall].find(isFree) ?? y
  placed.push({ x, y: found, half, tall })
  return found
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
    if (Math.abs(dx) + Math.abs(dy) > 4) { dragging(true); view.classList.add("drag") }
    view.scrollLeft = from[2] - dx; view.scrollTop = from[3] - dy
  }
  view.onpointerup = view.onpointerleave = () => { from = null; view.classList.remove("drag") }
}
