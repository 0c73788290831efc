const PATHS = {
  search: 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M16 16l5 5',
  cart: 'M4 7h16l-1.4 12H5.4zM8.5 7a3.5 3.5 0 0 1 7 0',
  left: 'M15 5l-7 7l7 7',
  right: 'M9 5l7 7l-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  how: 'M4 7h10M18 7h2M4 12h3M11 12h9M4 17h8M16 17h4M16 5v4M9 10v4M14 15v4',
}

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
