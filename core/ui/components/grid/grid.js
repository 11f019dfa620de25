// The layout of a dashboard by dragging: gridstack 14.1.0 (MIT, LICENSE-gridstack.txt) around boxes with the widgets' titles.
// A box that has the focus moves by the arrow keys and changes its size by Shift and the arrow keys; every change goes to Python. A click or Enter picks
// a box, for the buttons beside. A finger is held on a box for a moment before it moves it (gridstack's own rule), so that the page can be scrolled over it;
// where there is no room for the twelve columns the grid scrolls sideways.
import "./gridstack-all.js"

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

function box({ key, title, kind }) {
  const item = document.createElement("div"), content = document.createElement("div"), name = document.createElement("b"), form = document.createElement("small")
  content.className = "grid-stack-item-content"
  content.tabIndex = 0
  content.setAttribute("role", "group")
  content.setAttribute("aria-label", `${title}, ${kind}. Arrow keys move it, Shift and arrow keys change its size, Enter picks it.`)
  name.textContent = title
  form.textContent = kind
  content.append(name, form)
  item.append(content)
  item.dataset.key = key
  return item
}

// gridstack looks at what was touched a moment later, when a browser names only the host of our shadow tree: what was touched stays as it was at first
function remembered(event) {
  const { target, clientX, clientY, screenX, screenY } = event.changedTouches[0]
  Object.defineProperty(event, "changedTouches", { value: [{ target, clientX, clientY, screenX, screenY }] })
}

// and the mouse that it makes of a finger does not leave our shadow tree, as it names what was touched twice: the document, where it listens, hears of it
const told = event => { if (!event.isTrusted) document.dispatchEvent(new MouseEvent(event.type, event)) }

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".grid-stack")
  const pick = key => root.querySelectorAll(".grid-stack-item").forEach(el => el.classList.toggle("picked", el.dataset.key === key))
  const shown = JSON.stringify(data.items)
  if (root.dataset.shown === shown && root.gridstack) return pick(data.picked) // Python gave back what was dragged
  root.gridstack?.destroy(false)
  root.replaceChildren()
  root.dataset.shown = shown
  const grid = self.GridStack.init({ column: 12, cellHeight: data.row, margin: 6, float: false, animate: false, disableDrag: !data.editable, disableResize: !data.editable }, root)
  grid.batchUpdate()
  for (const item of data.items) {
    const el = box(item)
    root.append(el)
    grid.makeWidget(el, { x: item.x, y: item.y, w: item.w, h: item.h, minW: 2, id: item.key })
  }
  grid.batchUpdate(false)
  pick(data.picked)
  let known = ""
  const tell = () => {
    const layout = grid.engine.nodes.map(n => ({ key: n.el.dataset.key, x: n.x, y: n.y, w: n.w, h: n.h ?? 1 })).sort((a, b) => a.key < b.key ? -1 : 1)
    const said = JSON.stringify(layout)
    if (said !== known) { known = said; setTriggerValue("layout", layout) }
  }
  grid.on("dragstop resizestop", () => setTimeout(tell, 0))
  const chosen = event => {
    const key = event.target.closest?.(".grid-stack-item")?.dataset.key
    if (key && !root.querySelector(".ui-draggable-dragging, .ui-resizable-resizing")) { pick(key); setTriggerValue("picked", key) }
  }
  root.onclick = chosen
  root.addEventListener("touchstart", remembered, { capture: true, passive: true }) // the same one, however often it is added
  for (const kind of ["mousemove", "mouseup"]) root.addEventListener(kind, told)
  root.onkeydown = event => {
    if (event.key === "Enter") return chosen(event)
    const step = STEPS[event.key], el = event.target.closest?.(".grid-stack-item")
    if (!step || !el || !data.editable) return
    event.preventDefault()
    const n = el.gridstackNode, [dx, dy] = step
    grid.update(el, event.shiftKey ? { w: Math.max(2, Math.min(12 - n.x, n.w + dx)), h: Math.max(1, (n.h ?? 1) + dy) } : { x: Math.max(0, Math.min(12 - n.w, n.x + dx)), y: Math.max(0, n.y + dy) })
    el.querySelector(".grid-stack-item-content").focus()
    clearTimeout(root.later)
    root.later = setTimeout(tell, 500) // a run of presses is one change
  }
  return () => { clearTimeout(root.later) }
}
