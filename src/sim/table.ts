/**
 * Rows of numbers in typed columns, at regular times: a month of candles is a hundred thousand rows, and as
 * objects they cost more in garbage collection than the world costs in thought.
 */
export interface Table<Name extends string> {
  readonly length: () => number;
  readonly append: (row: Readonly<Record<Name, number>>) => void;
  readonly get: (index: number, name: Name) => number;
  readonly set: (index: number, name: Name, value: number) => void;
}

/** Keeps at least the newest `capacity` rows, at most a tenth more. */
export function createTable<Name extends string>(names: readonly Name[], capacity: number): Table<Name> {
  const limit = capacity + Math.ceil(capacity / 10);
  let allocated = Math.min(limit, 1_024);
  let length = 0;
  const columns = new Map(names.map((name) => [name, new Float64Array(allocated)]));

  const column = (name: Name): Float64Array => {
    const found = columns.get(name);
    if (found === undefined) throw new Error(`no column ${name}`);
    return found;
  };
  const makeRoom = (): void => {
    if (length === limit) {
      for (const values of columns.values()) values.copyWithin(0, limit - capacity);
      length = capacity;
    }
    if (length < allocated) return;
    allocated = Math.min(limit, allocated * 2);
    for (const [name, values] of columns) {
      const larger = new Float64Array(allocated);
      larger.set(values);
      columns.set(name, larger);
    }
  };
  return {
    length: () => length,
    append: (row) => {
      makeRoom();
      for (const name of names) column(name)[length] = row[name];
      length += 1;
    },
    get: (index, name) => column(name)[index] ?? Number.NaN,
    set: (index, name, value) => {
      column(name)[index] = value;
    },
  };
}
