/** A thread of `receiveDocuments`, for one body. */
import { parentPort, workerData } from 'node:worker_threads';
import { type DocumentFiles, threadMessage } from './received-documents.js';

parentPort!.postMessage(await threadMessage(workerData as DocumentFiles));
