/** What an intervention cell of the sweep is, and what the stages around it share. */
package org.demur.cells;
