package org.demur.model;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Element types of tensors in safetensors and GGUF files.
 *
 * <p>A type without a {@link #quantization()} can be listed and measured, but not read as fp32.
 */
public enum DType {
    F64(28, new F64Blocks()),
    F32(0, new F32Blocks()),
    F16(1, new F16Blocks()),
    BF16(30, new Bf16Blocks()),
    F8_E5M2(DType.NOT_IN_GGUF, 1, 1),
    F8_E4M3(DType.NOT_IN_GGUF, 1, 1),
    BOOL(DType.NOT_IN_GGUF, 1, 1),
    U8(DType.NOT_IN_GGUF, 1, 1),
    I8(24, 1, 1),
    U16(DType.NOT_IN_GGUF, 1, 2),
    I16(25, 1, 2),
    U32(DType.NOT_IN_GGUF, 1, 4),
    I32(26, 1, 4),
    U64(DType.NOT_IN_GGUF, 1, 8),
    I64(27, 1, 8),
    Q4_0(2, new Q40Blocks()),
    Q4_1(3, new Q41Blocks()),
    Q5_0(6, new Q50Blocks()),
    Q5_1(7, new Q51Blocks()),
    Q8_0(8, new Q80Blocks()),
    Q8_1(9, 32, 36),
    Q2_K(10, new Q2KBlocks()),
    Q3_K(11, new Q3KBlocks()),
    Q4_K(12, new Q4KBlocks()),
    Q5_K(13, new Q5KBlocks()),
    Q6_K(14, new Q6KBlocks()),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, new Iq2XxsBlocks()),
    IQ2_XS(17, new Iq2XsBlocks()),
    IQ3_XXS(18, new Iq3XxsBlocks()),
    IQ1_S(19, new Iq1SBlocks()),
    IQ4_NL(20, new Iq4NlBlocks()),
    IQ3_S(21, new Iq3SBlocks()),
    IQ2_S(22, new Iq2SBlocks()),
    IQ4_XS(23, new Iq4XsBlocks()),
    IQ1_M(29, new Iq1MBlocks()),
    TQ1_0(34, new Tq10Blocks()),
    TQ2_0(35, new Tq20Blocks()),
    MXFP4(39, new Mxfp4Blocks());

    private static final int NOT_IN_GGUF = -1;
    private static final Set<DType> SAFETENSORS =
            EnumSet.of(F64, F32, F16, BF16, F8_E5M2, F8_E4M3, BOOL, U8, I8, U16, I16, U32, I32, U64, I64);

    private final int ggufId;
    private final int blockSize;
    private final int bytesPerBlock;
    private final Optional<Quantization> quantization;

    DType(int ggufId, int blockSize, int bytesPerBlock) {
        this.ggufId = ggufId;
        this.blockSize = blockSize;
        this.bytesPerBlock = bytesPerBlock;
        this.quantization = Optional.empty();
    }

    DType(int ggufId, Quantization quantization) {
        this.ggufId = ggufId;
        this.blockSize = quantization.blockSize();
        this.bytesPerBlock = quantization.bytesPerBlock();
        this.quantization = Optional.of(quantization);
    }

    /** Elements that are stored together. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of one block. */
    public int bytesPerBlock() {
        return bytesPerBlock;
    }

    /** How to unpack it to fp32; empty where that is not implemented or the type is integral. */
    public Optional<Quantization> quantization() {
        return quantization;
    }

    static Optional<DType> ofGguf(int id) {
        for (DType type : values()) {
            if (type.ggufId == id && id != NOT_IN_GGUF) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    static Optional<DType> ofSafetensors(String name) {
        return SAFETENSORS.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
