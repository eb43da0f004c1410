package org.demur.model;

/**
 * A tensor and the bytes it occupies.
 *
 * @param info name, shape, type
 * @param position of its first byte in the file
 * @param byteCount its length in bytes
 */
record TensorSpan(TensorInfo info, long position, long byteCount) {
    long end() {
        return position + byteCount;
    }
}
