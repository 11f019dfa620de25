// The layout of a dashboard by dragging: gridstack 14.1.0 (MIT, LICENSE-gridstack.txt) around boxes with the widgets' titles.
// A box that has the focus moves by the arrow keys and changes its size by Shift and the arrow keys; every change goes to Python.
import "./gridstack-all.js"

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

function box({ key, title, kind }) {
  const item = document.createElement("div"), content = document.createElement("div"), name = document.createElement("b"), form = document.createElement("small")
  content.className = "grid-stack-item-content"
  content.tabIndex = 0
  content.setAttribute("role", "group")
  content.setAttribute("aria-label", `${title}, ${kind}. Arrow keys move it, Shift and arrow keys change its size.`)
  name.textContent = title
  form.textContent = kind
  content.append(name, form)
  item.append(content)
  item.dataset.key = key
  return item
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".grid-stack")
  const shown = JSON.stringify(data.items)
  if (root.dataset.shown === shown && root.gridstack) return // Python gave back what was dragged
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
  let known = ""
  const tell = () => {
    const layout = grid.engine.nodes.map(n => ({ key: n.el.dataset.key, x: n.x, y: n.y, w: n.w, h: n.h ?? 1 })).sort((a, b) => a.key < b.key ? -1 : 1)
    const said = JSON.stringify(layout)
    if (said !== known) { known = said; setTriggerValue("layout", layout) }
  }
  grid.on("dragstop resizestop", () => setTimeout(tell, 0))
  root.onkeydown = event => {
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
