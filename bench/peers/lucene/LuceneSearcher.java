import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene in the BM25 contest: the same words, split at blanks, in one segment. Answers every line of stdin by asking all
 * questions once, in one thread, with one line of JSON: milliseconds, and the rows found for the first question.
 */
public final class LuceneSearcher {
  private static final String FIELD = "text";
  private static final int WARM = 100;
  private static final BM25Similarity BM25 = new BM25Similarity(0.9f, 0.4f);

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    List<String> questions = Files.readAllLines(folder.resolve("asked.txt"));
    try (var directory = new MMapDirectory(folder.resolve("lucene"))) {
      write(directory, Files.readAllLines(folder.resolve("texts.txt")));
      try (var reader = DirectoryReader.open(directory)) {
        var searcher = new IndexSearcher(reader);
        searcher.setSimilarity(BM25);
        searcher.setQueryCache(null);
        // Until it is compiled.
        for (int i = 0; i < WARM; i++) ask(searcher, questions);
        System.out.println("{\"passages\": " + reader.numDocs() + "}");
        var lines = new BufferedReader(new InputStreamReader(System.in));
        while (lines.readLine() != null) System.out.println(ask(searcher, questions));
      }
    }
  }

  private static void write(MMapDirectory directory, List<String> texts) throws Exception {
    var type = new FieldType();
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.setTokenized(true);
    type.freeze();
    var config = new IndexWriterConfig(new WhitespaceAnalyzer()).setSimilarity(BM25);
    // The order of the rows remains.
    config.setMergePolicy(new LogDocMergePolicy());
    try (var writer = new IndexWriter(directory, config)) {
      for (String text : texts) {
        var document = new Document();
        document.add(new Field(FIELD, text, type));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
  }

  private static String ask(IndexSearcher searcher, List<String> questions) throws Exception {
    long started = System.nanoTime();
    List<Integer> first = null;
    for (String question : questions) {
      var query = new BooleanQuery.Builder();
      for (String word : question.split(" ")) query.add(new TermQuery(new Term(FIELD, word)), BooleanClause.Occur.SHOULD);
      ScoreDoc[] hits = searcher.search(query.build(), 10).scoreDocs;
      List<Integer> rows = new ArrayList<>();
      for (ScoreDoc hit : hits) rows.add(hit.doc);
      if (first == null) first = rows;
    }
    double ms = (System.nanoTime() - started) / 1e6;
    String found = first.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "{\"ms\": " + ms + ", \"found\": [" + found + "]}";
  }
}
