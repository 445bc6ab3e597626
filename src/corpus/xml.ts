/** XML as a tree, for the small parts of documents; large ones are read as they stream. */
import { Parser } from 'htmlparser2';

export interface XmlElement {
  /** Without its prefix, which programs choose as they like. */
  readonly name: string;
  /** As written, with their prefixes. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlElement | string)[];
}

/** Deeper nesting is no document, and would exhaust the stack of those who walk through it. */
const DEEPEST_XML = 500;

export interface XmlHandler {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
}

/** @throws Error from its methods, for elements nested more than DEEPEST_XML deep */
export function xmlParser(handler: XmlHandler): Parser {
  let depth = 0;
  return new Parser(
    {
      onopentag(name, attributes) {
        // The parser's time grows with the square of the depth.
        if (++depth > DEEPEST_XML) throw new Error('its elements are nested too deep');
        handler.open(name, attributes);
      },
      ontext: (text) => handler.text(text),
      onclosetag(name) {
        depth--;
        handler.close(name);
      },
    },
    { xmlMode: true },
  );
}

/** @throws Error as xmlParser */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: '', attributes: {}, children: [] };
  const open = [root];
  const parser = xmlParser({
    open(name, attributes) {
      const element = { name: localName(name), attributes, children: [] };
      open[open.length - 1].children.push(element);
      open.push(element);
    },
    text(piece) {
      const { children } = open[open.length - 1];
      const last = children.at(-1);
      if (typeof last === 'string') children[children.length - 1] = last + piece;
      else children.push(piece);
    },
    close() {
      open.pop();
    },
  });
  parser.end(text);
  return root;
}

export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The value of an attribute of this local name. */
export function attributeOf(
  { attributes }: { readonly attributes: Readonly<Record<string, string>> },
  name: string,
): string | undefined {
  return attributes[name] ?? prefixedAttribute({ attributes }, name);
}

/** Of an attribute in another namespace than its element: `r:id` beside `id`. */
export function prefixedAttribute(
  { attributes }: { readonly attributes: Readonly<Record<string, string>> },
  name: string,
): string | undefined {
  const found = Object.keys(attributes).find((key) => key.endsWith(`:${name}`));
  return found === undefined ? undefined : attributes[found];
}

export function childrenOf({ children }: XmlElement): XmlElement[] {
  return children.filter((child): child is XmlElement => typeof child !== 'string');
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return childrenOf(element).find((child) => child.name === name);
}

/** The elements of this name at any depth, in their order. */
export function* elementsOf(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of childrenOf(element)) {
    if (child.name === name) yield child;
    yield* elementsOf(child, name);
  }
}

export function firstOf(element: XmlElement, name: string): XmlElement | undefined {
  for (const found of elementsOf(element, name)) return found;
  return undefined;
}

/** All text within. */
export function textOf(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  return element.children
    .map((child) => (typeof child === 'string' ? child : textOf(child)))
    .join('');
}
