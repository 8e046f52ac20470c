// This workspace's tests alone, run as the whole project's are.
import everything from '../jest.config.mjs';

export default { ...everything, rootDir: '..', roots: ['<rootDir>/embedded-cluster/test'] };
