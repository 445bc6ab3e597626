export interface Article {
  id: string;
  title: string;
  text: string;
  lang: string;
}
export function readArticles(file: string): Article[];
