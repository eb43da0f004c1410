package org.demur.model;

/** How a block's two halves are joined. */
public enum BlockLayout {
    /** The MLP reads the stream after attention was added. */
    SEQUENTIAL,
    /** Attention and MLP both read the stream that enters the block (GPT-NeoX). */
    PARALLEL
}
