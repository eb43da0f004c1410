package org.demur.hub;

import java.net.URI;

/**
 * A file that the hub offers.
 *
 * @param name within the repository
 * @param address where the hub hands it out
 * @param bytes length
 */
record RemoteFile(String name, URI address, Checksum checksum, long bytes) {}
