/** Asks an OpenAI-compatible endpoint: requests, strict answers, retries, pace and budget. */
package org.demur.judge.http;
