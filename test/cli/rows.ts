/** Passages that the commands are tried on. */
export const ROWS = [
  {
    id: 'bees',
    title: 'Bees',
    text: 'The bee flies from flower to flower. Honey is made at night.',
    lang: 'en',
    year: 2020,
  },
  {
    id: 'trains',
    title: 'Trains',
    text: 'The train leaves the station. It leaves in the morning.',
    lang: 'en',
    year: 1999,
  },
  {
    id: 'bread',
    title: 'Bread',
    text: 'Bread comes out of the oven every morning.',
    lang: 'en',
    year: 2021,
  },
  {
    id: 'fluss',
    title: 'Der Fluss',
    text: 'Der Mond scheint in der Nacht auf den Fluss.',
    lang: 'de',
    year: 2022,
  },
];
