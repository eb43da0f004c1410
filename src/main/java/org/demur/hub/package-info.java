/**
 * Models named by a commit of a Hugging Face repository: where they lie in the local cache, and how they get there when
 * a job file allows it. The cache has the layout of the Python library, so both may fill it and both may read it.
 */
package org.demur.hub;
