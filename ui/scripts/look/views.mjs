// The sizes and looks in which a screen is shown. One screen in one of each is a view.

const sizes = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  zoom: { width: 320, height: 256 },
};

const looks = [
  { name: 'light', query: 'theme=light&language=de' },
  { name: 'dark', query: 'theme=dark&language=de' },
  { name: 'contrast', query: 'theme=highContrast&language=de' },
  { name: 'french', query: 'theme=light&language=fr', sizes: ['desktop'] },
  { name: 'forced', query: 'theme=system&language=en', sizes: ['desktop'], forcedColors: 'active' },
];

const looksIn = (size) => looks.filter((look) => look.sizes?.includes(size) ?? true);

function view({ name, query, act }, size, look) {
  return {
    name: `${name}-${size}-${look.name}`,
    query: [query, look.query].filter(Boolean).join('&'),
    act,
    viewport: sizes[size],
    forcedColors: look.forcedColors ?? 'none',
  };
}

export function everyView(screens) {
  return screens.flatMap((screen) => screen.sizes.flatMap((size) => looksIn(size).map((look) => view(screen, size, look))));
}

/** One view of each screen, so that sizes come up about equally often, and in each size its looks. */
export function oneViewEach(screens) {
  const times = new Map();
  const rarest = (choices, key) => {
    const least = choices.reduce((best, choice) => ((times.get(key(choice)) ?? 0) < (times.get(key(best)) ?? 0) ? choice : best));
    times.set(key(least), (times.get(key(least)) ?? 0) + 1);
    return least;
  };
  return screens.map((screen) => {
    const size = rarest(screen.sizes, (name) => name);
    return view(screen, size, rarest(looksIn(size), ({ name }) => `${size} ${name}`));
  });
}
