/**
 * What a PDF says of its own text: which rows and cells of tables it belongs to (tagged PDF), and
 * which layers are off (optional content).
 */
/** A node of PDF.js's structure tree. */
export interface StructureNode {
  readonly role?: string;
  readonly type?: string;
  readonly id?: string;
  readonly children?: readonly StructureNode[];
}

/** Numbers of the row and of the cell within the page. */
export interface TablePlace {
  readonly row: number;
  readonly cell: number;
}

/** By the id of marked content; of nested tables the outer one counts. */
export function tablePlaces(root: StructureNode | null): ReadonlyMap<string, TablePlace> {
  const places = new Map<string, TablePlace>();
  let rows = 0;
  let cells = 0;
  const visit = ({ role, type, id, children = [] }: StructureNode, place: TablePlace): void => {
    let { row, cell } = place;
    if (row === 0 && role === 'TR') row = ++rows;
    else if (row > 0 && cell === 0 && (role === 'TD' || role === 'TH')) cell = ++cells;
    if (type === 'content' && id !== undefined && cell > 0) places.set(id, { row, cell });
    for (const child of children) visit(child, { row, cell });
  };
  if (root !== null) visit(root, { row: 0, cell: 0 });
  return places;
}

/** Of PDF.js; marks of structure come as items without text. */
export interface TextItem {
  readonly str?: string;
  readonly hasEOL?: boolean;
  /** The last two: x and y of its origin, from the lower left corner, in points. */
  readonly transform?: readonly number[];
  readonly width?: number;
  readonly height?: number;
  /** In a tagged PDF. */
  readonly place?: TablePlace;
}

/** Text of PDF.js, and the marks of content around it. */
export interface MarkedItem extends TextItem {
  readonly type?: string;
  readonly tag?: string;
  readonly id?: string | null;
}

export interface VisibleText {
  readonly items: readonly TextItem[];
  /** True if there is text on a layer that is off. */
  readonly hasHidden: boolean;
}

/**
 * The text that is shown, each piece with its place in a table.
 * @param layers for each beginning of optional content, in order: is it shown?
 */
export function visibleText(
  items: readonly MarkedItem[],
  places: ReadonlyMap<string, TablePlace>,
  layers: readonly boolean[],
): VisibleText {
  const visible: TextItem[] = [];
  const open: { readonly isShown: boolean; readonly place?: TablePlace }[] = [];
  let layer = 0;
  let hasHidden = false;
  for (const item of items) {
    const { type, tag, id } = item;
    const around = open.at(-1);
    if (type === 'endMarkedContent') open.pop();
    else if (type?.startsWith('beginMarkedContent')) {
      const isShown = tag !== 'OC' || (layers[layer++] ?? true);
      const own = id === undefined || id === null ? undefined : places.get(id);
      open.push({ isShown: isShown && (around?.isShown ?? true), place: own ?? around?.place });
    } else if (around?.isShown === false) {
      hasHidden ||= (item.str ?? '').trim() !== '';
      // Its line ends all the same.
      if (item.hasEOL) visible.push({ str: '', hasEOL: true });
    } else visible.push(around?.place === undefined ? item : { ...item, place: around.place });
  }
  return { items: visible, hasHidden };
}
