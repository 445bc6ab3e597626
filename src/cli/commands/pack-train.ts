import type { Register } from '../program.js';
export const registerPackTrain: Register = () => {};
