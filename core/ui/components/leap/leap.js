// Goes to an address of ours as a click on a link would: one step, which Back undoes. (Streamlit's own switch_page leaves a step with mixed parts.)
let done = ""

export default function ({ data }) {
  if (!data?.to || done === data.once) return
  done = data.once
  history.pushState(null, "", data.to)
  dispatchEvent(new PopStateEvent("popstate", { state: null }))
}
