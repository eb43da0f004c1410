/**
 * Readers of model files: safetensors, GGUF, Hugging Face folders.
 *
 * <p>Files are untrusted. They are memory-mapped, every length, offset and count is checked against
 * the file before it is used, nothing is unpickled, and a file that is broken or means something
 * this package does not implement is refused with the name of the file and of the tensor or key.
 */
package org.demur.model;
