/** The status page's looks: light and dark as the reader's system is, one column where there is room for no more. */
export const style = `
:root { color-scheme: light dark; --line: light-dark(#d7d7d7, #444); --soft: light-dark(#f4f4f2, #242424); --quiet: light-dark(#595959, #a8a8a8); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1rem; font: 1rem/1.45 system-ui, sans-serif; background: light-dark(#fff, #181818); color: light-dark(#1b1b1b, #eee); }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin-bottom: 1rem; }
h1 { font-size: 1.3rem; margin: 0; flex: 1 1 12rem; }
label { display: grid; font-size: .85rem; color: var(--quiet); }
input, select { font: inherit; padding: .35rem .5rem; border: 1px solid var(--line); border-radius: .35rem; background: var(--soft); color: inherit; }
input { min-width: min(20rem, 80vw); }
p { margin: .3rem 0; }
.quiet, .none { color: var(--quiet); font-size: .85rem; }
#trouble { padding: .5rem .75rem; border-radius: .35rem; background: light-dark(#fde8e6, #4a1d18); }
details { border-top: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 2.6rem; }
summary { display: grid; grid-template-columns: minmax(12rem, 1.2fr) 6.5rem 9rem 4fr; gap: .25rem 1rem; padding: .5rem .25rem; cursor: pointer; align-items: baseline; }
summary:hover, details[open] > summary { background: var(--soft); }
:focus-visible { outline: 3px solid light-dark(#0b62c4, #7db8ff); outline-offset: 1px; }
.name { font-weight: 600; overflow-wrap: anywhere; }
.name::before { content: "▸ "; color: var(--quiet); font-weight: 400; }
details[open] > summary .name::before { content: "▾ "; }
.namespace, .ready { font-weight: 400; color: var(--quiet); }
.why { overflow-wrap: anywhere; }
.hold { display: block; font-size: .85rem; }
.badge { justify-self: start; padding: .05rem .5rem; border-radius: 1rem; font-size: .8rem; border: 1px solid; }
.active { color: light-dark(#14622b, #8fdca5); }
.asleep { color: var(--quiet); }
.held, .overridden, .hold { color: light-dark(#7a4b00, #ffc86b); }
.undecided { color: light-dark(#a3211a, #ff9d94); }
.trigger { padding: .25rem .5rem 1rem; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .9rem; }
caption, dt { text-align: left; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 400; color: var(--quiet); }
.decisive td:first-child::after { content: " decides"; color: var(--quiet); }
.decisive { background: var(--soft); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; font-size: .9rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.warnings { padding: .5rem .75rem .5rem 2rem; border-radius: .35rem; background: light-dark(#fff3d6, #43340f); font-size: .9rem; }
@media (max-width: 48rem) {
  summary { grid-template-columns: 1fr auto; }
  .why { grid-column: 1 / -1; }
  .replicas { justify-self: start; }
  thead { position: absolute; clip-path: inset(50%); }
  tr, td { display: block; padding: .1rem 0; border: 0; }
  tr { border-top: 1px solid var(--line); padding: .35rem 0; }
  td:not(:empty)::before { content: attr(data-label) ": "; color: var(--quiet); font-weight: 400; }
  td:empty { display: none; }
}
`;
