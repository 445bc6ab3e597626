import type { Register } from '../program.js';
export const registerExplain: Register = () => {};
