/** Addresses to give out, one at a time. */

export interface AddressPool {
  allocate(): string;
  release(address: string): void;
}

/** Goes round, so that an address that was given back rests for as long as there are others. */
export function addressPool(prefix: string, firstBlock: number, lastBlock: number): AddressPool {
  const taken = new Set<string>();
  const size = (lastBlock - firstBlock + 1) * 254;
  let next = 0;
  return {
    allocate: () => {
      for (let tried = 0; tried < size; tried++) {
        const at = next++ % size;
        const address = `${prefix}.${firstBlock + Math.floor(at / 254)}.${(at % 254) + 1}`;
        if (taken.has(address)) continue;
        taken.add(address);
        return address;
      }
      throw new Error(`no address is left in ${prefix}.${firstBlock}.0`);
    },
    release: (address) => {
      taken.delete(address);
    },
  };
}
