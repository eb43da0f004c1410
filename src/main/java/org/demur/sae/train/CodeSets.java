package org.demur.sae.train;

/**
 * The entries of a chunk of rows.
 *
 * @param main those whose values reconstruct the input
 * @param second those of a second reconstruction (the gate of a gated dictionary, the larger k of multi-top-k)
 * @param auxiliary dead latents that explain what the main ones left
 */
record CodeSets(ChunkCodes main, ChunkCodes second, ChunkCodes auxiliary) {
    static CodeSets of(Architecture architecture) {
        return new CodeSets(new ChunkCodes(architecture.extras()), new ChunkCodes(0), new ChunkCodes(0));
    }

    void begin(int rows) {
        main.begin(rows);
        second.begin(rows);
        auxiliary.begin(rows);
    }

    void endRow() {
        main.endRow();
        second.endRow();
        auxiliary.endRow();
    }
}
