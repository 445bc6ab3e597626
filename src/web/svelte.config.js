// For svelte-check and the editor; the build needs none of it.
export default { compilerOptions: { runes: true } };
