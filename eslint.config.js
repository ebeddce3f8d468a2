import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const noExports = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  { selector: 'TSEnumDeclaration', message: 'Write a union of literals.' },
];
const processRule = [
  { object: 'process', property: 'env', message: 'Only src/program reads the environment; take an option.' },
  { object: 'process', property: 'exit', message: 'Only src/program ends the process; throw or return.' },
];
const clockRule = [
  { object: 'Date', property: 'now', message: 'Take a Clock (src/domain/clock.ts).' },
  { object: 'performance', property: 'now', message: 'Take a Clock (src/domain/clock.ts).' },
];

export default defineConfig(
  { ignores: ['.dependency-cruiser.cjs', 'dist/', 'coverage/', 'src/generated/', 'node_modules/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'no-restricted-syntax': ['error', ...noExports],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/program/**'],
    rules: { 'no-restricted-properties': ['error', ...processRule] },
  },
  {
    // Runs in browsers. Its types stand in comments, which the compiler reads and these rules do not.
    files: ['src/scaler/status-page/*.js'],
    rules: { 'no-undef': 'off', '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    files: ['src/{domain,decision,schedule}/**'],
    rules: {
      'no-restricted-properties': ['error', ...processRule, ...clockRule, { object: 'Math', property: 'random' }],
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'console'],
    },
  },
  {
    files: ['test/**', 'bench/**', 'scripts/**', '*.config.*'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 500, skipBlankLines: true, skipComments: true }],
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
