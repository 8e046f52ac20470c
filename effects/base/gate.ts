/** Lets only so many works be under way at once; the others wait their turn. */

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate(most: number): Gate {
  let underWay = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await work();
    } finally {
      // The next in line takes the place over: no other can come in between.
      const next = waiting.shift();
      if (next) next();
      else underWay -= 1;
    }
  };
}
