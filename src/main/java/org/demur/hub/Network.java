package org.demur.hub;

/** Whether models may be fetched. */
public enum Network {
    /** Only files on this machine are used. */
    FORBIDDEN,
    /** What is missing is fetched. */
    ALLOWED
}
